import type { Skill } from 'openai/resources/skills'
import { crc32 } from 'node:zlib'
import { type Answer, lines } from './answer.ts'
import type { Asked } from './asked.ts'
import { notFound } from './errors.ts'
import { hex, NOW } from './ids.ts'
import type { World } from './world.ts'

export async function createSkill(asked: Asked, world: World): Promise<Answer> {
  const given = (asked.form?.getAll('files[]') ?? []).filter((part) => part instanceof File)
  const files = await Promise.all(
    given.map(async (file) => [file.name, Buffer.from(await file.arrayBuffer())] as const),
  )
  const skill: Skill = {
    id: `skill_${hex(asked.seed, 32)}`,
    object: 'skill',
    created_at: NOW,
    default_version: '1',
    latest_version: '1',
    name: 'notes',
    description: 'Notes, as they were uploaded.',
  }
  world.skills.set(skill.id, zip(files))
  return lines(skill)
}

export function contentOfSkill(id: string, world: World): Answer {
  const bytes = world.skills.get(id)
  if (bytes === undefined) throw notFound(`Skill '${id}' not found.`, null)
  return { kind: 'bytes', type: 'application/zip', bytes }
}

/** An archive that any unzip opens, nothing in it compressed. */
function zip(files: readonly (readonly [name: string, bytes: Buffer])[]): Buffer {
  const [local, central]: [Buffer[], Buffer[]] = [[], []]
  let at = 0
  for (const [name, bytes] of files) {
    const about = Buffer.alloc(26)
    about.writeUInt16LE(20, 0)
    about.writeUInt16LE(0x800, 2)
    about.writeUInt16LE(0x21, 8)
    about.writeUInt32LE(crc32(bytes), 10)
    about.writeUInt32LE(bytes.length, 14)
    about.writeUInt32LE(bytes.length, 18)
    about.writeUInt16LE(Buffer.byteLength(name), 22)
    const where = Buffer.alloc(14)
    where.writeUInt32LE(at, 10)
    local.push(Buffer.from('PK\x03\x04'), about, Buffer.from(name), bytes)
    central.push(Buffer.from('PK\x01\x02\x14\x00'), about, where, Buffer.from(name))
    at += 30 + Buffer.byteLength(name) + bytes.length
  }
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(Buffer.concat(central).length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...local, ...central, Buffer.from('PK\x05\x06'), end])
}
