// @vitest-environment happy-dom
import { answersBrowserClients } from './dom-clients.ts'

answersBrowserClients('happy-dom')
