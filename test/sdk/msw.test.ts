import { replaysEverything } from './replays.ts'
import { throughMsw } from './ways.ts'

replaysEverything(throughMsw)
