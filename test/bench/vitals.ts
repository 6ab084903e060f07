/** CPU and memory of a process, as the kernel counts them. */
import { readdirSync, readFileSync } from "node:fs";

const sampleMillis = 1000;
/** USER_HZ: the unit of /proc/PID/stat, 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

export class Vitals {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #peakKilobytes = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#sample(), sampleMillis);
    this.#sample();
  }

  /** User and system time since it started. */
  cpuMillis(): number {
    return statOf(String(this.#pid))?.cpuMillis ?? 0;
  }

  /** The same for everybody in this room: who else the two cores worked for. */
  everybodysCpuMillis(): Readonly<Record<string, number>> {
    const spent: Record<string, number> = {};
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const stat = statOf(pid);
      if (stat === undefined) continue;
      const name =
        pid === String(this.#pid) ? "serin" : pid === String(process.pid) ? "pods and this program" : stat.name;
      spent[name] = (spent[name] ?? 0) + stat.cpuMillis;
    }
    return spent;
  }

  /** Now, the highest of those seen once a second, and the highest that the kernel saw. In MB of 2^20 bytes. */
  memory(): { readonly now: number; readonly peak: number; readonly highWater: number } {
    const now = this.#sample();
    return { now: now / 1024, peak: this.#peakKilobytes / 1024, highWater: this.#read("VmHWM") / 1024 };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sample(): number {
    const kilobytes = this.#read("VmRSS");
    this.#peakKilobytes = Math.max(this.#peakKilobytes, kilobytes);
    return kilobytes;
  }

  #read(field: "VmRSS" | "VmHWM"): number {
    const status = readFileSync(`/proc/${this.#pid}/status`, "utf8");
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
  }
}

/** Undefined where it is gone. */
function statOf(pid: string): { readonly name: string; readonly cpuMillis: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in brackets may hold spaces; utime and stime are the 14th and 15th fields.
    const end = stat.lastIndexOf(")");
    const fields = stat.slice(end + 2).split(" ");
    const name = stat.slice(stat.indexOf("(") + 1, end);
    return { name, cpuMillis: ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond };
  } catch {
    return undefined;
  }
}
