import { Readable } from 'node:stream';
import { createHash, randomBytes } from 'node:crypto';
import { openRegistry } from '../src/client/registry/registry-client.ts';
import { toDigest, digestOf } from '../src/oci/digest.ts';
const [,, host='', name='', n='0', size='0'] = process.argv;
const c = openRegistry({host, tls:'plain', credentials: async()=>undefined});
const never = new AbortController().signal; const layers=[];
for (let i=0;i<Number(n);i++){ const p=randomBytes(Math.min(Number(size),1e6)); const pieces=()=>Readable.from(function*(){for(let l=Number(size);l>0;l-=p.length) yield p.subarray(0,l)}()); const h=createHash('sha256'); for await(const x of pieces()) h.update(x); const layer={mediaType:'application/vnd.oci.image.layer.v1.tar',digest:toDigest('sha256',h.digest('hex')),size:Number(size)}; await c.uploadBlob(name,layer,async()=>pieces(),never); layers.push(layer);}
const config={mediaType:'application/vnd.oci.image.config.v1+json',digest:digestOf('{}'),size:2};
await c.uploadBlob(name,config,async()=>Readable.from([Buffer.from('{}')]),never);
const bytes=Buffer.from(JSON.stringify({schemaVersion:2,mediaType:'application/vnd.oci.image.manifest.v1+json',config,layers}));
await c.putManifest(name,'1',{bytes,mediaType:'application/vnd.oci.image.manifest.v1+json'},never); await c[Symbol.asyncDispose]();
