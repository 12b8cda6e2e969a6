import { serverAdapter } from '../contract/adapters/server.ts'
import { contract } from '../contract/contract.ts'

contract(serverAdapter)
