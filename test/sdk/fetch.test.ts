import { replaysEverything } from './replays.ts'
import { throughFetch } from './ways.ts'

replaysEverything(throughFetch)
