/** An SDK type as it goes over the wire: members that may be absent there are null, as the API sends them. */
export type Wire<T> = { [K in keyof T]: Record<never, never> extends Pick<T, K> ? T[K] | null : T[K] }
