console.log("plaintext");
