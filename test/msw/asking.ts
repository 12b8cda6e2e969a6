import http from 'node:http'
import { readAll } from '../support/upstream.ts'

export const API = 'https://api.openai.com/v1'

export async function text(url: string, init?: RequestInit): Promise<string> {
  return (await fetch(url, init)).text()
}

export function post(n: number): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ n }) }
}

/** As all clients ask that are built on node:http, axios' default among them. */
export function askByHttp(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, (res) => readAll(res).then((bytes) => resolve(bytes.toString()), reject))
    request.on('error', reject)
  })
}
