import type { Server } from 'node:http'
import type { AddressInfo, Server as TcpServer } from 'node:net'

/** Has a server listen on a free port of this machine, and gives its URL. */
export async function listenHere(server: TcpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Cuts a server's connections, and waits until it is gone. */
export async function cutOff(server: Pick<Server, 'close' | 'closeAllConnections'>): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
