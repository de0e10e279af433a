/** How recipes tell what they are doing; somebody else chooses how that looks. */

/** What a recipe says while it works. */
export interface Progress {
  /** One step, named as what is being done ("Starting the registry"). Fails with the work's own error. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** Something worth knowing that is no step. */
  note(text: string): void;
  /** What is going on within a step; shown where there is room for it. */
  detail(text: string): void;
  /** Something that did not go as it should, though the recipe goes on. */
  warn(text: string): void;
}
