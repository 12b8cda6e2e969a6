import { mswAdapter } from '../contract/adapters/msw.ts'
import { contract } from '../contract/contract.ts'

contract(mswAdapter)
