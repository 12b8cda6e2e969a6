import { nockAdapter } from '../contract/adapters/nock.ts'
import { contract } from '../contract/contract.ts'

contract(nockAdapter)
