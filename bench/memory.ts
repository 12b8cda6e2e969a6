import { readFile } from 'node:fs/promises'

/** The memory that a process has, in bytes; 0 elsewhere than on Linux. */
export function residentOf(pid: number): Promise<number> {
  return bytesOf(pid, 'VmRSS')
}

/** The most that it ever had. */
export function peakOf(pid: number): Promise<number> {
  return bytesOf(pid, 'VmHWM')
}

async function bytesOf(pid: number, name: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024
}
