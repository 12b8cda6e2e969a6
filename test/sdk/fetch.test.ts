import { LONG } from '../support/long.ts'
import { replaysEverything } from './replays.ts'
import { throughFetch, throughMsw } from './ways.ts'

// As in msw.test.ts.
if (LONG) replaysEverything(throughFetch)
else replaysEverything(throughFetch, [throughMsw], (n) => n % 2 === 1)
