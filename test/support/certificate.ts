import { generateKeyPairSync, sign } from 'node:crypto'

export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** A certificate for one host that signs itself. Node can read them, and not make them. */
export function selfSigned(host = 'localhost'): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = der(SEQUENCE, der(OID, Buffer.from('2a8648ce3d040302', 'hex'))) // ecdsa-with-SHA256
  const commonName = der(SEQUENCE, der(OID, Buffer.from('550403', 'hex')), der(UTF8, Buffer.from(host)))
  const name = der(SEQUENCE, der(SET, commonName))
  const times = ['250101000000Z', '491231235959Z'].map((time) => der(UTC_TIME, Buffer.from(time)))
  const signed = der(
    SEQUENCE,
    der(INTEGER, Buffer.from([1])),
    algorithm,
    name,
    der(SEQUENCE, ...times),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', signed, privateKey)])
  const whole = der(SEQUENCE, signed, algorithm, der(BIT_STRING, signature))
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

const INTEGER = 0x02
const BIT_STRING = 0x03
const OID = 0x06
const UTF8 = 0x0c
const UTC_TIME = 0x17
const SEQUENCE = 0x30
const SET = 0x31

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  const long = content.length < 128 ? [] : [0x82, content.length >> 8]
  return Buffer.concat([Buffer.from([tag, ...long, content.length & 0xff]), content])
}
