import { serverAdapter } from './adapters/server.ts'
import { contract } from './contract.ts'

contract(serverAdapter)
