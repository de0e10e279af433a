/** A process that writes one image after the other to a place, until it is killed: `killed-writer.ts PLACE SPOOL`. */
import { makeSample, writeSample } from './sample-images.ts';

const [, , place = '', spool = ''] = process.argv;

/** Long enough to be cut somewhere. */
const FILLING = 'content '.repeat(100_000);

for (let number = 0; ; number++) {
  process.stdout.write(`${number}\n`);
  await writeSample(place, makeSample([`${number} ${FILLING}`, `${FILLING} ${number}`], 'none'), spool, {
    overwrite: true,
  });
}
