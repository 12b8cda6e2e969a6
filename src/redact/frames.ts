import { frameTexts, isTextFrame } from '../cassette/bodies/body.ts'
import type { BinaryBody, FrameContent, FramesBody } from '../cassette/cassette.ts'

/** The functions that redact the parts of a WebSocket conversation. */
export interface FrameCleaning {
  /** Redacts a frame of the client on its own, because client frames are also compared one by one. */
  readonly client: (text: string) => string
  /** Redacts all frames of the server together, because a secret may be split over several frames. */
  readonly server: (texts: readonly string[]) => readonly string[]
  readonly bytes: (bytes: Uint8Array) => BinaryBody
  readonly text: (text: string) => string
}

/** Redacts all frames of a WebSocket, and the reason for its closing. */
export function cleanFrames({ frames, close, ...body }: FramesBody, by: FrameCleaning): FramesBody {
  const serverTexts = by.server(frameTexts(frames, 'server')).values()
  return {
    ...body,
    frames: frames.map((frame) => ({
      ...frame,
      content:
        frame.from === 'client'
          ? cleanContent(frame.content, by)
          : withText(frame.content, by, () => serverTexts.next().value as string),
    })),
    ...(close === undefined ? {} : { close: { ...close, reason: by.text(close.reason) } }),
  }
}

/** Redacts a frame of the client. */
export function cleanContent(content: FrameContent, by: FrameCleaning): FrameContent {
  return withText(content, by, by.client)
}

function withText(content: FrameContent, by: FrameCleaning, clean: (text: string) => string): FrameContent {
  if (isTextFrame(content)) return { ...content, text: clean(content.text) }
  return content.kind === 'binary' ? by.bytes(content.bytes) : content
}
