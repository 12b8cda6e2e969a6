import { nockAdapter } from './adapters/nock.ts'
import { contract } from './contract.ts'

contract(nockAdapter)
