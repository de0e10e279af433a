/**
 * The smallest program that a pod can run: an ELF file that says one line and ends well. No image has to be pulled for
 * it, and no shared library. Pure.
 */

/** Processors that nodes have, as Go calls them. */
export type ProbeArchitecture = 'amd64' | 'arm64';

/** Where the kernel puts the file. */
const BASE = 0x400000;
const HEADER = 64;
const PROGRAM_HEADER = 56;
const START = HEADER + PROGRAM_HEADER;

/** `EM_X86_64` and `EM_AARCH64` (ELF, e_machine). */
const MACHINES: Readonly<Record<ProbeArchitecture, number>> = { amd64: 62, arm64: 183 };

/**
 * Writes the program.
 * @param line what it writes to standard output, without its line break
 */
export function formatProbeProgram(architecture: ProbeArchitecture, line: string): Buffer {
  const text = Buffer.from(`${line}\n`);
  const code = architecture === 'amd64' ? codeOfAmd64(text.length) : codeOfArm64(text.length);
  const size = START + code.length + text.length;
  return Buffer.concat([fileHeader(MACHINES[architecture]), programHeader(size), code, text]);
}

/** @see https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
function fileHeader(machine: number): Buffer {
  const header = Buffer.alloc(HEADER);
  // 64 bits, little-endian, version 1.
  header.write('\u007fELF\u0002\u0001\u0001', 'latin1');
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(machine, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(BASE + START), 24);
  header.writeBigUInt64LE(BigInt(HEADER), 32);
  header.writeUInt16LE(HEADER, 52);
  header.writeUInt16LE(PROGRAM_HEADER, 54);
  header.writeUInt16LE(1, 56);
  return header;
}

/** One segment, to be read and run: the whole file. */
function programHeader(size: number): Buffer {
  const header = Buffer.alloc(PROGRAM_HEADER);
  header.writeUInt32LE(1, 0);
  header.writeUInt32LE(0b101, 4);
  header.writeBigUInt64LE(BigInt(BASE), 16);
  header.writeBigUInt64LE(BigInt(BASE), 24);
  header.writeBigUInt64LE(BigInt(size), 32);
  header.writeBigUInt64LE(BigInt(size), 40);
  header.writeBigUInt64LE(0x1000n, 48);
  return header;
}

/** write(1, text, length); exit(0). */
function codeOfAmd64(length: number): Buffer {
  const code = Buffer.from([
    0xb8,
    1,
    0,
    0,
    0, // mov eax, 1
    0xbf,
    1,
    0,
    0,
    0, // mov edi, 1
    0xbe,
    0,
    0,
    0,
    0, // mov esi, text
    0xba,
    0,
    0,
    0,
    0, // mov edx, length
    0x0f,
    0x05, // syscall
    0xb8,
    60,
    0,
    0,
    0, // mov eax, 60
    0x31,
    0xff, // xor edi, edi
    0x0f,
    0x05, // syscall
  ]);
  code.writeUInt32LE(BASE + START + code.length, 11);
  code.writeUInt32LE(length, 16);
  return code;
}

/** The same, in instructions of four bytes; the text follows them. */
function codeOfArm64(length: number): Buffer {
  const words = [
    0xd2800020, // mov x0, #1
    0, // adr x1, text
    0xd2800002 + length * 2 ** 5, // mov x2, #length
    0xd2800808, // mov x8, #64
    0xd4000001, // svc #0
    0xd2800000, // mov x0, #0
    0xd2800ba8, // mov x8, #93
    0xd4000001, // svc #0
  ];
  const distance = (words.length - 1) * 4;
  words[1] = 0x10000001 + (distance / 4) * 2 ** 5;
  const code = Buffer.alloc(words.length * 4);
  for (const [index, word] of words.entries()) code.writeUInt32LE(word, index * 4);
  return code;
}
