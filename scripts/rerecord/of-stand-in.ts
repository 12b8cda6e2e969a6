import type { Cassette, ResponseBody } from '../../src/cassette/cassette.ts'

/** Where a cassette says it is from: a port that was free one day says nothing. */
export const STAND_IN = 'stand-in of the test suite (test/stand-in), no real API'

/** A cassette that was recorded from the stand-in says so; others are left as they are. */
export function nameStandIn(cassette: Cassette, url: string): Cassette {
  return cassette.upstream === url ? { ...cassette, upstream: STAND_IN } : cassette
}

/** Until the first byte comes, and between two events or frames, in ms. */
const [FIRST, BEAT] = [300, 20]

/** The time that a stand-in takes says nothing about the API: an even one is the same in each recording. */
export function evenTime({ interactions, ...rest }: Cassette): Cassette {
  return {
    ...rest,
    interactions: interactions.map(({ response, ...interaction }) => ({
      ...interaction,
      response: {
        ...response,
        ...(response.after === undefined ? {} : { after: FIRST }),
        body: evenly(response.body),
      },
    })),
  }
}

function evenly(body: ResponseBody): ResponseBody {
  const at = <T extends { offset: number }>(each: T, i: number): T => ({ ...each, offset: FIRST + i * BEAT })
  switch (body.kind) {
    case 'events':
      return { ...body, events: body.events.map(at) }
    case 'frames': {
      const { close, frames } = body
      return { ...body, frames: frames.map(at), ...(close && { close: at(close, frames.length) }) }
    }
    default:
      return body
  }
}
