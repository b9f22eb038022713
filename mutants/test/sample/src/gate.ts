/** Sample rules. The tests of this sample cover some of them. */
export function pass(age: number, name: string): string {
  if (age < 18) throw new RangeError("too young");
  if (name === "") throw new RangeError("no name");
  return name;
}

export function oneWord(name: string): string {
  if (name.includes(" ")) throw new RangeError("two words");
  return name;
}

export function open(hour: number): number {
  if (hour === 24) throw new RangeError("no hour");
  return hour;
}

/** Without its rule, this function never ends for a name that has no space. */
export function hasSpace(name: string): boolean {
  for (let at = 0; name[at] !== " "; at++) if (at === name.length) return false;
  return true;
}
