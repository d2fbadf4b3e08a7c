HTMLFormElement.prototype.submit.call(document.getElementById("kept"));
