import { frameTexts, isTextFrame } from '../cassette/bodies/body.ts'
import type { BinaryBody, FrameContent, FramesBody } from '../cassette/cassette.ts'

/** How a redactor cleans the frames of a WebSocket. */
export interface FrameCleaning {
  /** A client's frames are compared one by one, so they are cleaned one by one. */
  readonly client: (text: string) => string
  /** A secret may be split over several frames of the server. */
  readonly server: (texts: readonly string[]) => readonly string[]
  readonly bytes: (bytes: Uint8Array) => BinaryBody
  readonly text: (text: string) => string
}

/** The frames of a WebSocket without their secrets. */
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

/** A client's frame. */
export function cleanContent(content: FrameContent, by: FrameCleaning): FrameContent {
  return withText(content, by, by.client)
}

function withText(content: FrameContent, by: FrameCleaning, clean: (text: string) => string): FrameContent {
  if (isTextFrame(content)) return { ...content, text: clean(content.text) }
  return content.kind === 'binary' ? by.bytes(content.bytes) : content
}
