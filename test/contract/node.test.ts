import { nodeAdapter } from './adapters/node.ts'
import { contract } from './contract.ts'

contract(nodeAdapter)
