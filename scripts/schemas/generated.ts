import { CASSETTE } from '../../src/cassette/notation/schema.ts'
import { fileSchema } from '../../src/json/input/json-schema.ts'
import type { JsonSchema } from '../../src/json/input/shape.ts'
import { CONFIG } from '../../src/vcr/options/config.ts'

/** The JSON Schemas of the package, by their files. */
export const SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  'schema.json': fileSchema(CASSETTE, {
    $id: 'urn:openai-vcr:cassette:1',
    title: 'openai-vcr cassette, version 1',
    description:
      "Recorded traffic of an OpenAI-compatible API: requests with the responses they got, in the order in which the requests arrived. The file is YAML 1.2 and ends with a line '...'.",
  }),
  'config.schema.json': fileSchema(CONFIG, {
    $id: 'urn:openai-vcr:config:1',
    title: 'openai-vcr.config.json',
    description:
      'The configuration of a cassette directory or a project. What JSON cannot hold, such as functions and regular expressions, goes into openai-vcr.config.ts.',
  }),
}
