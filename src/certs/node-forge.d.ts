/** Functions of node-forge that its types leave out. */
import 'node-forge';

declare module 'node-forge' {
  namespace pki {
    function getTBSCertificate(certificate: Certificate): asn1.Asn1;
  }
  namespace util {
    /** One character a byte. */
    function bytesFromIP(address: string): Bytes;
    function bytesToIP(bytes: Bytes): string;
  }
}
