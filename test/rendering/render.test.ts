/** Templates: values come out as they are, in their place, and none is forgotten. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAsset } from '../../src/rendering/assets.ts';
import { parseObjects } from '../../src/rendering/objects.ts';
import { renderTemplate } from '../../src/rendering/render.ts';

const render = (text: string, data: object) => renderTemplate({ path: 'templates/a.hbs', text }, data);

describe('renderTemplate', () => {
  it('keeps any text in its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const text = render('apiVersion: v1\nkind: A\nmetadata: { name: x }\nfield: {{json value}}\n', { value });
        expect(parseObjects({ path: 'a', text })[0]?.['field']).toBe(value.toWellFormed());
      }),
    );
  });

  it('writes text as Secrets have it', () => {
    expect(render('{{base64 a}}', { a: 'pässword' })).toBe('"cMOkc3N3b3Jk"');
  });

  it('changes no character', () => {
    expect(render('{{a}}', { a: `a=b&<'">` })).toBe(`a=b&<'">`);
  });

  it.each([
    '{{a}}',
    '{{json a}}',
    '{{#if a}}x{{/if}}',
    '{{#if a.b}}x{{/if}}',
    '{{#each a}}x{{/each}}',
    '{{#each b}}{{json c}}{{/each}}',
    '{{#if',
  ])('names the file when %s has no value', (text) => {
    expect(() => render(text, { b: [{ d: 1 }] })).toThrow('templates/a.hbs cannot be rendered');
  });

  it('takes undefined for an answer where it is asked whether there is a value', () => {
    expect(render('{{#if a}}x{{else}}y{{/if}}', { a: undefined })).toBe('y');
  });
});

describe('readAsset', () => {
  it('finds what comes with the package', async () => {
    const { path, text } = await readAsset('manifests/ingress/class.yaml');
    expect(path).toBe('manifests/ingress/class.yaml');
    expect(text).toContain('kind: IngressClass');
  });
});
