import { replaysEverything } from './replays.ts'
import { throughServer } from './ways.ts'

replaysEverything(throughServer)
