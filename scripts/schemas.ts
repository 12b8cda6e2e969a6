/** Writes the JSON Schemas of the package, from the shapes by which the files are read: `npm run schemas`. */
import { writeFileSync } from 'node:fs'
import { SCHEMAS } from './schemas/generated.ts'

for (const [file, schema] of Object.entries(SCHEMAS))
  writeFileSync(new URL(`../${file}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`)
