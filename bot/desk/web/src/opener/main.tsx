import { Decrypter } from "age-encryption";
import { render } from "preact";
import "../style.css";

render(<main>Opener {String(new Decrypter() !== null)}</main>, document.querySelector("#opener")!);
