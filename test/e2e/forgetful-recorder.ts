/** Records one exchange in process, and ends without closing. Its arguments: directory, upstream, how it ends. */
import { openCassette } from '../../dist/index.js'

const [dir, upstream, end] = process.argv.slice(2) as [string, string, string?]
const vcr = await openCassette('c', { mode: 'record', dir, upstream })
await (await vcr.fetch('https://api.openai.com/v1/models')).text()
if (end === 'exit') process.exit(0)
if (end === 'error') throw new Error('nobody catches this')
