import { fetchAdapter } from '../contract/adapters/fetch.ts'
import { contract } from '../contract/contract.ts'

contract(fetchAdapter)
