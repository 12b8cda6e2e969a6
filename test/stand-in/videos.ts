import type { Video } from 'openai/resources/videos'
import { type Answer, lines, polled } from './answer.ts'
import { type Asked, fieldOf, jsonOf } from './asked.ts'
import { notFound } from './errors.ts'
import { bytesOf, hex, NOW } from './ids.ts'
import { poll, type World } from './world.ts'

export function createVideo(asked: Asked, world: World): Answer {
  const prompt =
    asked.form === undefined ? jsonOf<{ prompt: string }>(asked).prompt : fieldOf(asked, 'prompt')
  const video: Video = {
    id: `video_${hex(asked.seed, 32)}`,
    object: 'video',
    created_at: NOW,
    status: 'queued',
    completed_at: null,
    error: null,
    expires_at: null,
    model: 'sora-2',
    progress: 0,
    prompt: prompt ?? null,
    remixed_from_video_id: null,
    seconds: '4',
    size: '720x1280',
  }
  world.videos.set(video.id, video)
  return lines(video)
}

export function retrieveVideo(id: string, world: World): Answer {
  const video = find(id, world)
  if (poll(world, id) === 0) return polled({ ...video, status: 'in_progress', progress: 40 })
  return polled({ ...video, status: 'completed', progress: 100, completed_at: NOW, expires_at: NOW + 3600 })
}

/** The first box of an MP4 file, and bytes that stand for the rest. */
export function contentOfVideo(id: string, world: World): Answer {
  find(id, world)
  const head = Buffer.from('0000001c667479706d703432000000016d7034316d70343269736f6d', 'hex')
  return { kind: 'bytes', type: 'video/mp4', bytes: Buffer.concat([head, bytesOf(`video/${id}`, 20_000)]) }
}

function find(id: string, world: World): Video {
  const found = world.videos.get(id)
  if (found !== undefined) return found
  throw notFound(`Video '${id}' not found.`, null)
}
