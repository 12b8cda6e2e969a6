import { fetchAdapter } from './adapters/fetch.ts'
import { contract } from './contract.ts'

contract(fetchAdapter)
