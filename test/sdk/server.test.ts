import { replaysEverything } from './replays.ts'
import { throughServer, WAYS } from './ways.ts'

replaysEverything(throughServer, WAYS)
