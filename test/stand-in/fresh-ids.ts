import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import type { WebSocket } from 'ws'
import type { Answer } from './answer.ts'
import { ApiError, errorBody } from './errors.ts'
import { letters, NOW } from './ids.ts'

/** What an id that the API mints looks like, and what is sealed by it. */
const MINTED =
  /(?<![A-Za-z0-9_-])(?:(?:chatcmpl|file)-|(?:resp|msg|rs|fc|call|run|step|thread|asst|vs|vsfb|batch|upload|part|video|skill|new|sess|item|event)_|gAAAAA)[A-Za-z0-9_-]{16,}=*/g

/** The times of the API's answers, which all lie around one instant. */
const TIME = /\b1795\d{6}\b/g

/**
 * Gives a stand-in, whose ids follow from what it is asked, the ids of the API: none is like that of another run,
 * and equal requests do not get equal ones.
 */
export class FreshIds {
  readonly #run = randomUUID()
  readonly #later = Math.floor(Date.now() / 1000) - NOW
  /** What is given out, by what it stands for: the latest. */
  readonly #given = new Map<string, string>()
  readonly #meant = new Map<string, string>()
  #count = 0

  /** A request's text as it would be with the ids that stand-ins have. */
  inward(text: string): string {
    return text.replaceAll(MINTED, (id) => this.#meant.get(id) ?? id)
  }

  /** @throws ApiError for ids that were never given out: those of another run, say */
  refuseUnknown(text: string): void {
    const unknown = [...text.matchAll(MINTED)].map(([id]) => id).find((id) => !this.#meant.has(id))
    if (unknown === undefined) return
    const message = `No such thing: '${unknown.slice(0, 60)}'.`
    throw new ApiError(400, errorBody(message, { type: 'invalid_request_error', code: 'unknown_id' }))
  }

  /**
   * An answer's text with ids of this run.
   * @param asked the request's text, as it came: its ids stay as they are
   * @param mints whether what the answer tells was made just now
   */
  outward(text: string, asked: string, mints: boolean): string {
    const kept = new Map([...asked.matchAll(MINTED)].map(([id]) => [this.#meant.get(id) ?? id, id]))
    return text
      .replaceAll(MINTED, (id) => {
        const known = kept.get(id) ?? (mints ? undefined : this.#given.get(id))
        const given = known ?? this.#mint(id)
        kept.set(id, given)
        return given
      })
      .replaceAll(TIME, (time) => String(Number(time) + this.#later))
  }

  answer(answer: Answer, asked: string, mints: boolean): Answer {
    switch (answer.kind) {
      case 'json':
        return { ...answer, text: this.outward(answer.text, asked, mints) }
      case 'events':
        return {
          ...answer,
          events: this.outward(answer.events.join(SEPARATOR), asked, mints).split(SEPARATOR),
        }
      case 'bytes':
        return answer
    }
  }

  #mint(id: string): string {
    const start = /^(?:[a-z]+[-_]|gAAAAA)/.exec(id)?.[0] ?? ''
    // With a digit, as nearly all ids of the API have one: what has none may be a word.
    const given = `${start}${letters(`${this.#run}/${this.#count++}`, id.length - start.length - 1)}7`
    this.#given.set(id, given)
    this.#meant.set(given, id)
    return given
  }
}

/** The API's end of a WebSocket, with the ids of this run. */
export function freshened(socket: WebSocket, fresh: FreshIds): WebSocket {
  const own = Object.create(socket) as WebSocket
  // Of the switches of whoever answered the handshake.
  const under = AsyncLocalStorage.snapshot()
  own.send = (data: unknown) => socket.send(fresh.outward(String(data), '', false))
  const on = (event: string, listener: (data: Buffer) => void): WebSocket =>
    socket.on(event, (data: Buffer) => {
      const text = data.toString()
      try {
        fresh.refuseUnknown(text)
        under(() => listener(Buffer.from(fresh.inward(text))))
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        socket.send(JSON.stringify({ type: 'error', ...error.body }))
      }
    })
  own.on = on as WebSocket['on']
  return own
}

/** Stands in no event. */
const SEPARATOR = '\0'
