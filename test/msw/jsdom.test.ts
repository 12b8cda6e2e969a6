// @vitest-environment jsdom
import { answersBrowserClients } from './dom-clients.ts'

answersBrowserClients('jsdom')
