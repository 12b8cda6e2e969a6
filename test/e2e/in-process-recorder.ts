/** Records one exchange in process, says so, and then waits to be stopped. Its arguments: directory, upstream. */
import { openCassette } from '../../dist/index.js'

const [dir, upstream] = process.argv.slice(2) as [string, string]
const vcr = await openCassette('c', { mode: 'record', dir, upstream })
await (await vcr.fetch('https://api.openai.com/v1/models')).text()
process.stdout.write('recorded\n')
setInterval(() => {}, 1000)
