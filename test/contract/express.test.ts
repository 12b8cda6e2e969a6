import { expressAdapter } from './adapters/express.ts'
import { contract } from './contract.ts'

contract(expressAdapter)
