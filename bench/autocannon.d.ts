/** What the benchmark uses of autocannon, which brings no types. */
declare module 'autocannon' {
  interface Options {
    readonly url: string
    readonly method: 'POST'
    readonly headers: Readonly<Record<string, string>>
    /** Sent in turn by each connection. */
    readonly requests: readonly { readonly body: string }[]
    readonly connections: number
    /** In seconds. */
    readonly duration: number
  }

  interface Result {
    /** In seconds. */
    readonly duration: number
    readonly '2xx': number
    readonly non2xx: number
    readonly errors: number
    readonly timeouts: number
    readonly resets: number
  }

  export default function autocannon(options: Options): Promise<Result>
}
