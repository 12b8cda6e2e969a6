import net, { type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { listenHere } from './listen.ts'

/** A socket with a request's head on it. */
export type Speak = (socket: Socket, head: string) => void

/** An upstream that speaks for itself, wrongly too: node:http would not say what it is told here. */
export async function rawUpstream(speak: Speak): Promise<string> {
  const sockets = new Set<Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    let head = ''
    socket.on('data', (data) => {
      head += data.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      const whole = head
      head = ''
      speak(socket, whole)
    })
  })
  const url = await listenHere(server)
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return url
}
