-- When agents took calls lately, which estimated waits follow from after a restart (QUE-6). Only these facts are in the index.
create index facts_hand_overs on facts (at) where type = 'call.assigned';
