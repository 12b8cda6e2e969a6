import { mswAdapter } from './adapters/msw.ts'
import { contract } from './contract.ts'

contract(mswAdapter)
