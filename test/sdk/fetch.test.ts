import { LONG } from '../support/long.ts'
import { replaysEverything } from './replays.ts'
import { throughFetch, throughMsw, WAYS } from './ways.ts'

replaysEverything(throughFetch, LONG ? WAYS : [throughMsw])
