import { frameTexts, isTextFrame } from '../cassette/bodies/body.ts'
import type { BinaryBody, FrameContent, FramesBody } from '../cassette/cassette.ts'

/** How a redactor cleans what was said. */
export interface FrameCleaning {
  /** What the client said is compared frame by frame, so it is cleaned so. */
  readonly asked: (text: string) => string
  /** A secret may be split over what the server said. */
  readonly told: (texts: readonly string[]) => readonly string[]
  readonly bytes: (bytes: Uint8Array) => BinaryBody
  readonly text: (text: string) => string
}

/** A conversation without its secrets. */
export function cleanFrames({ frames, close, ...body }: FramesBody, by: FrameCleaning): FramesBody {
  const told = by.told(frameTexts(frames, 'server')).values()
  return {
    ...body,
    frames: frames.map((frame) => ({
      ...frame,
      content:
        frame.from === 'client'
          ? cleanContent(frame.content, by)
          : withText(frame.content, by, () => told.next().value as string),
    })),
    ...(close === undefined ? {} : { close: { ...close, reason: by.text(close.reason) } }),
  }
}

/** What a client said, cleaned by itself. */
export function cleanContent(content: FrameContent, by: FrameCleaning): FrameContent {
  return withText(content, by, by.asked)
}

function withText(content: FrameContent, by: FrameCleaning, clean: (text: string) => string): FrameContent {
  if (isTextFrame(content)) return { ...content, text: clean(content.text) }
  return content.kind === 'binary' ? by.bytes(content.bytes) : content
}
