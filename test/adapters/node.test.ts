import { nodeAdapter } from '../contract/adapters/node.ts'
import { contract } from '../contract/contract.ts'

contract(nodeAdapter)
