import { LONG } from '../support/long.ts'
import { replaysEverything } from './replays.ts'
import { throughFetch, throughMsw } from './ways.ts'

// The server records all scenarios; each of the other two takes every other one.
if (LONG) replaysEverything(throughMsw)
else replaysEverything(throughMsw, [throughFetch], (n) => n % 2 === 0)
