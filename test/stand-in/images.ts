import type { ImagesResponse, ImageGenerateParams } from 'openai/resources/images'
import { crc32, deflateSync } from 'node:zlib'
import { type Answer, lines } from './answer.ts'
import { type Asked, fieldOf, jsonOf } from './asked.ts'
import { ApiError, errorBody } from './errors.ts'
import { bytesOf, NOW } from './ids.ts'
import { resolveModel } from './models.ts'
import { countTokens } from './words.ts'

export function generateImages(asked: Asked): Answer {
  const params = jsonOf<ImageGenerateParams>(asked)
  resolveModel(params.model ?? undefined)
  return drawn(asked.seed, params.prompt, params.n ?? 1, 0, params.output_format === 'webp')
}

/** A picture is edited that a form has as `image`, or several as `image[]`. */
export function editImages(asked: Asked): Answer {
  resolveModel(fieldOf(asked, 'model'))
  const given = ['image', 'image[]'].flatMap((name) => asked.form?.getAll(name) ?? [])
  if (given.length === 0)
    throw new ApiError(
      400,
      errorBody("'image' is required", { type: 'invalid_request_error', param: 'image' }),
    )
  const count = Number(fieldOf(asked, 'n') ?? 1)
  return drawn(asked.seed, fieldOf(asked, 'prompt') ?? '', count, 194 * given.length)
}

function drawn(seed: string, prompt: string, count: number, images: number, asWebp = false): Answer {
  const text = countTokens(prompt)
  return lines({
    created: NOW,
    background: 'opaque',
    data: Array.from({ length: count }, (_, i) => ({
      b64_json: asWebp ? DOT : png(`${seed}/${i}`).toString('base64'),
    })),
    output_format: asWebp ? 'webp' : 'png',
    quality: 'low',
    size: '1024x1024',
    usage: {
      input_tokens: text + images,
      input_tokens_details: { image_tokens: images, text_tokens: text },
      output_tokens: 272 * count,
      output_tokens_details: { image_tokens: 272 * count, text_tokens: 0 },
      total_tokens: text + images + 272 * count,
    },
  } satisfies ImagesResponse)
}

/** The smallest picture that WebP has. */
const DOT = 'UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=='

/** A picture of noise that any viewer opens: small, to spare the tests, whatever size was asked for. */
function png(seed: string, side = 48): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const rows = Array.from({ length: side }, (_, y) =>
    Buffer.concat([Buffer.from([0]), bytesOf(`${seed}/${y}`, side * 3)]),
  )
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    part('IHDR', header),
    part('IDAT', deflateSync(Buffer.concat(rows))),
    part('IEND', Buffer.alloc(0)),
  ])
}

function part(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), framed.length - 4)
  return framed
}
