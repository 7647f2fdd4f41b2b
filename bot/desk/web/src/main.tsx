import { render } from "preact";
import "./style.css";

render(<main>Desk</main>, document.querySelector("#desk")!);
