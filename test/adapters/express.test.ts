import { expressAdapter } from '../contract/adapters/express.ts'
import { contract } from '../contract/contract.ts'

contract(expressAdapter)
