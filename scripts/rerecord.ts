/**
 * Records the scenarios' cassettes anew, all or those named: from the real API where OPENAI_API_KEY is
 * set, else from the stand-in of the test suite, and then the cassettes say so. See README.md beside it.
 */
import { rerecord } from './rerecord/all.ts'

// What would steer a session of the user's would steer those of the scenarios.
for (const name of ['OPENAI_VCR_MODE', 'OPENAI_VCR_CASSETTES', 'OPENAI_VCR_UPSTREAM', 'USE_REAL_OPENAI'])
  delete process.env[name]

process.exitCode = await rerecord(process.argv.slice(2), process)
