/** All that is shown of saved views. It is fetched together: who sees the tool of one opens them next. */

import SavedView from "./SavedView.svelte";
import ViewsDialog from "./ViewsDialog.svelte";

export default { SavedView, ViewsDialog };
