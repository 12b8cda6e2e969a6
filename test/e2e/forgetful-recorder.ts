/** Records one exchange in process, and ends without closing. Its arguments: directory, upstream. */
import { openCassette } from '../../src/index.ts'

const [dir, upstream] = process.argv.slice(2) as [string, string]
const vcr = await openCassette('c', { mode: 'record', dir, upstream })
await (await vcr.fetch('https://api.openai.com/v1/models')).text()
